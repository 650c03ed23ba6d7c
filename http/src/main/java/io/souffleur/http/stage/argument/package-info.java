/** Turns argument values, as a model writes them, into JSON by the tool's schema. */
package io.souffleur.http.stage.argument;
