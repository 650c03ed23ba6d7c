/**
 * From options to a running engine: the model that is served, the memory plan, the parts of a replica,
 * and the commands that need them.
 */
package io.souffleur.clusterconfig.launch;
