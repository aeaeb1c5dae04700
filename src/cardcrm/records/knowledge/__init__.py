"""Knowledge at the desk: canned answers, call scripts, articles and recorded help."""
