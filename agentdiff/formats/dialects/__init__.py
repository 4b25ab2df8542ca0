"""The dialects, a file for each product. Every module here with a tuple FORMATS is found by the registry."""
