/** Runs recorded parser vectors against the stages, for tests and the conformance command. */
package io.souffleur.http.stage.conformance;
