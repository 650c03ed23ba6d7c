package io.souffleur.tokenizer.jinja;

/** Something a template can call: a function, a bound method, a macro. */
@FunctionalInterface
interface Callable {
  Object call(Run run, Arguments arguments);
}
