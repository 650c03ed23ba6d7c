package io.souffleur.clusterconfig.cli;

import java.util.List;

/** Flags that belong together in help and documents. */
public record FlagSection(String title, List<Flag> flags) {}
