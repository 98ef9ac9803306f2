"""From clean articles to a fitted model: corpora, spinners, fitting, calibration. Scoring imports nothing of it."""
