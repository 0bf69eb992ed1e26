"""What officers do with leads: the queue, decisions, cases, and who may do which."""
