"""The command line: every screen's logic, reachable without a screen."""
