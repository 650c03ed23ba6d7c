/** Tests of the command line: reading, refusing, and every printed launch command. */
package io.souffleur.clusterconfig.cli;
