package io.souffleur.tokenizer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small real checkpoint's text files: byte-level BPE with 1 248 entries, as a folder on disk. */
final class SmallModel {
  private SmallModel() {}

  /** Writes all files into {@code folder}. */
  static Path into(Path folder) {
    for (String name : new String[] {
      "tokenizer.json", "tokenizer_config.json", "generation_config.json", "chat_template.jinja"
    }) {
      copy(name, folder);
    }
    return folder;
  }

  /** Writes one of the files into {@code folder}. */
  static void copy(String name, Path folder) {
    try (InputStream in = SmallModel.class.getResourceAsStream("small/" + name)) {
      Files.copy(in, folder.resolve(name));
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
