package io.souffleur.clusterconfig.cli;

import java.util.List;

/**
 * A launch that was read.
 *
 * @param notices lines for the operator: flags without effect, deprecated names, values set anew
 */
public record Launch(LaunchOptions options, List<String> notices) {
  public Launch {
    notices = List.copyOf(notices);
  }
}
