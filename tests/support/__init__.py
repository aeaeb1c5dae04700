"""What tests are run on: real servers, and empty databases that are quick to get."""
