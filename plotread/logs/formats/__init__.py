"""One small file per log format: ``matches(head)`` and ``parse(data)`` each."""
