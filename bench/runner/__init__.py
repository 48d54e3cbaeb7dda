"""The parts of bench/run. Start reading in plan.py: it says what is measured, in which order."""
