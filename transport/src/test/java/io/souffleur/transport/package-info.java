/** Tests of the transport: codecs, channels over Aeron and in one process, run directories. */
package io.souffleur.transport;
