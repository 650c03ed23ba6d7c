/** Tests of the whole house: real model, real ranks, real sockets, official clients. */
package io.souffleur.clusterconfig.e2e;
