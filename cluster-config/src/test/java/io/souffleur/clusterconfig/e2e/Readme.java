package io.souffleur.clusterconfig.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The code blocks of the project's README. */
final class Readme {
  private static final Pattern BLOCK = Pattern.compile("(?s)```(\\w+)\\n(.*?)```");

  private Readme() {}

  /** Blocks of one language that contain {@code part}, in order. */
  static List<String> blocks(String language, String part) throws IOException {
    List<String> found = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(Files.readString(root().resolve("README.md")));
    while (matcher.find()) {
      if (matcher.group(1).equals(language) && matcher.group(2).contains(part)) {
        found.add(matcher.group(2));
      }
    }
    return found;
  }

  /** The project's folder: tests run in that of their module. */
  static Path root() {
    return Path.of("").toAbsolutePath().getParent();
  }
}
