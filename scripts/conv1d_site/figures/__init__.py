"""The site's figures: the data of each, and the tables that readers without scripts have."""
