"""The service as its clients meet it: how fast, how large, under overload, under attack, and when it is killed."""
