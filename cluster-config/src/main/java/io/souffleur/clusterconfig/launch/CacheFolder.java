package io.souffleur.clusterconfig.launch;

import java.nio.file.Path;

/** Where files lie that are worth keeping between runs: packed weights, the unpacked embedded model. */
public final class CacheFolder {
  private static final String OWN_VARIABLE = "SOUFFLEUR_CACHE_DIR";
  private static final String DESKTOP_VARIABLE = "XDG_CACHE_HOME";

  private CacheFolder() {}

  /** {@code SOUFFLEUR_CACHE_DIR}, or {@code souffleur} in the user's cache folder. */
  public static Path path() {
    String own = System.getenv(OWN_VARIABLE);
    if (own != null && !own.isBlank()) {
      return Path.of(own);
    }
    String desktop = System.getenv(DESKTOP_VARIABLE);
    Path caches = desktop != null && !desktop.isBlank()
        ? Path.of(desktop)
        : Path.of(System.getProperty("user.home"), ".cache");
    return caches.resolve("souffleur");
  }

  /** Packed weights. */
  public static Path panels() {
    return path().resolve("panels");
  }
}
