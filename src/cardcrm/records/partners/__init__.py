"""Partners: dealers and others who bring customers, the leads they register, and testimonials."""
