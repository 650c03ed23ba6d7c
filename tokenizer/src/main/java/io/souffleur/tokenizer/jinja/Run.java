package io.souffleur.tokenizer.jinja;

import java.time.Clock;

/** What functions and filters need of the rendering they work for. One thread. */
record Run(Budget budget, Clock clock) {}
