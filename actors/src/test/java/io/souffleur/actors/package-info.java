/** Tests of the control plane, with a model whose next token is a hash of all it reads. */
package io.souffleur.actors;
