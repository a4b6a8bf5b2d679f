"""The tests of the last release, run on this code: what fails has changed for users."""
