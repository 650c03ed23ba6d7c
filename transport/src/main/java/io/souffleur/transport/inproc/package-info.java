/** Step channels inside one process, without a driver: the same codecs over a ring buffer. */
package io.souffleur.transport.inproc;
