/** What a request asks for and what comes back: ids, sampling, limits and the events of a stream. */
package io.souffleur.contracts.request;
