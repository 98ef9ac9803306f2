"""The same answers over HTTP, and the web page.

One process listens (asyncio, FastAPI on uvicorn) and never scores; some processes score and render, one article at a
time each. What both sides say to each other is asks.py; the listening side imports neither numpy nor the model, so that
it starts fast and stays small.
"""
