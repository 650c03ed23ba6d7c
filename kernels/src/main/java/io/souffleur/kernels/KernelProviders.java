package io.souffleur.kernels;

import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Finds kernel providers on the class path and chooses among them. */
public final class KernelProviders {
  /** Lets {@link #choose} take the best provider that is ready. */
  public static final String AUTO = "auto";

  /** Takes the best ready provider whose name starts with {@code native}. */
  public static final String NATIVE = "native";

  private KernelProviders() {}

  /** All providers on the class path, best first. */
  public static List<KernelProvider> all() {
    return ServiceLoader.load(KernelProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(KernelProvider::preference).reversed())
        .toList();
  }

  /**
   * @param name {@code auto}, {@code native}, or a provider's name
   * @throws IllegalArgumentException naming every provider and why it is not usable
   */
  public static KernelProvider choose(String name) {
    List<KernelProvider> all = all();
    return all.stream()
        .filter(p -> name.equals(AUTO)
            || name.equals(p.name())
            || (name.equals(NATIVE) && p.name().startsWith(NATIVE)))
        .filter(p -> p.missing().isEmpty())
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException("no kernel set for backend '" + name + "' here: "
                + all.stream()
                    .map(p -> p.name() + " "
                        + p.missing().map(m -> "(missing: " + m + ")").orElse("(ready)"))
                    .collect(Collectors.joining(", "))));
  }
}
