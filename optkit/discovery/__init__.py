"""Discovery: a bilevel program for finding resources in a migrating network.

Source: C. Zhou, L. Zhang, G. Zeng and F. Lin, "Dispersed Computing Resource Discovery
Model and Algorithm for Polymorphic Migration Network Architecture", Chinese Journal of
Electronics 32(4), 2023. Equation, table and section numbers in this package are that
paper's; ``docs/discovery.md`` says how its lost or contradictory passages are read.
"""
