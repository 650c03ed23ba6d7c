package io.souffleur.clusterconfig.doctor;

import io.souffleur.kernels.KernelProvider;
import io.souffleur.kernels.KernelProviders;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which kernel sets there are, what keeps each from running here, and which one a launch takes. */
final class KernelSets {
  private KernelSets() {}

  static List<Finding> findings(String backend) {
    List<Finding> found = new ArrayList<>();
    for (KernelProvider provider : KernelProviders.all()) {
      Optional<String> missing = provider.missing();
      found.add(new Finding(
          "Kernel set",
          provider.name() + ": " + missing.map(m -> "missing, " + m).orElse("ready")));
    }
    found.add(new Finding("Chosen", chosen(backend)));
    return found;
  }

  private static String chosen(String backend) {
    try {
      return KernelProviders.choose(backend).name() + " (--backend " + backend + ")";
    } catch (IllegalArgumentException e) {
      return "none: " + e.getMessage();
    }
  }
}
