/** Tests of what a launch makes of its options. */
package io.souffleur.clusterconfig.launch;
