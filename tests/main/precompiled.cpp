// Empty: it carries the precompiled header.
