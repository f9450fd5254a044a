"""A survey before and around its fieldwork: questionnaire, areas, sites, margins, plan, states."""
