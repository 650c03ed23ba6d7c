/** What a model asks of the caches, in bytes and counts. */
package io.souffleur.contracts.memory;
