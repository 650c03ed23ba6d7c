package io.souffleur.clusterconfig.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads the kernel's small text files below a root folder; a file that is absent is empty. */
record SystemFiles(Path root) {
  Optional<String> text(String path) {
    try {
      return Optional.of(Files.readString(root.resolve(path)).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The value of the first line {@code key : value}. */
  Optional<String> value(String path, String key) {
    return text(path)
        .flatMap(text -> text.lines()
            .filter(line -> line.startsWith(key) && line.indexOf(':') > 0)
            .filter(line -> line.substring(0, line.indexOf(':')).strip().equals(key))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst());
  }

  /** A line {@code key: 123 kB} of {@code /proc/meminfo}, in bytes; counts come as they are. */
  OptionalLong memory(String key) {
    Optional<String> value = value("proc/meminfo", key);
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    String[] words = value.get().split("\\s+");
    try {
      long number = Long.parseLong(words[0]);
      return OptionalLong.of(words.length > 1 && words[1].equals("kB") ? number << 10 : number);
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
