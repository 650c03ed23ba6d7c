/** Figures by hand, a played server, and runs against the embedded model. */
package io.souffleur.clusterconfig.bench;
