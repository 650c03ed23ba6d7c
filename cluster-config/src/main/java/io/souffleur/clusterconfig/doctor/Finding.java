package io.souffleur.clusterconfig.doctor;

/** One line of the report: what was looked at, and what was found. */
public record Finding(String topic, String text) {}
