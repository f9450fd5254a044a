"""The staff's side of interviewers' tablets: whom they are to find, and how their interviews come in."""
