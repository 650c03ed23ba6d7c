/**
 * The composition root: reads the command line, decides which rooms this process has, wires them.
 *
 * <p>It alone knows every module, and nobody imports it. Everything that can be decided once is
 * decided here, and handed down as records.
 */
package io.souffleur.clusterconfig;
