package io.souffleur.actors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How often the kernel killed a process of our control group for want of memory. Stateless. */
final class OomKills {
  private static final Path EVENTS = Path.of("/sys/fs/cgroup/memory.events");
  private static final String KEY = "oom_kill ";

  private OomKills() {}

  /** 0 where nobody counts. */
  static long count() {
    try {
      for (String line : Files.readAllLines(EVENTS)) {
        if (line.startsWith(KEY)) {
          return Long.parseLong(line.substring(KEY.length()).trim());
        }
      }
      return 0;
    } catch (IOException | NumberFormatException nobodyCounts) {
      return 0;
    }
  }
}
