from typing import Any


def page(result: dict[str, Any]) -> str:
    return ""
