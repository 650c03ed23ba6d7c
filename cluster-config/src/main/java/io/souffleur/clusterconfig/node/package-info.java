/** The actors at the top of a node: who is started in which order, and what ends with whom. */
package io.souffleur.clusterconfig.node;
