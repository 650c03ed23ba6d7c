/** Tests of the doctor's probes, on files of machines that are not this one. */
package io.souffleur.clusterconfig.doctor;
