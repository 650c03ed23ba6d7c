package io.souffleur.understudy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The embedded checkpoint: copies it from the class path to a folder, since weights are mapped from
 * files.
 *
 * <p>The folder is named after the content, so two versions never mix, and every file arrives by an
 * atomic move, so two processes may unpack at the same time. Stateless.
 */
public final class EmbeddedModel {
  /** Name under which the embedded model is served. */
  public static final String SERVED_NAME = "understudy";

  /** Files of the checkpoint folder. */
  static final List<String> FILES = List.of(
      "config.json",
      "generation_config.json",
      "tokenizer.json",
      "tokenizer_config.json",
      "chat_template.jinja",
      "model.safetensors");

  private static final int NAME_DIGITS = 16;

  private EmbeddedModel() {}

  /**
   * Makes the checkpoint folder below {@code cacheRoot} if it is not there yet.
   *
   * @return the folder, complete
   * @throws IOException when the folder cannot be written
   */
  public static Path unpack(Path cacheRoot) throws IOException {
    Path folder = cacheRoot.resolve("understudy-" + contentName());
    Files.createDirectories(folder);
    for (String file : FILES) {
      Path target = folder.resolve(file);
      if (!Files.exists(target)) {
        copy(file, target);
      }
    }
    return folder;
  }

  private static void copy(String file, Path target) throws IOException {
    Path partial = Files.createTempFile(target.getParent(), file, ".part");
    try (InputStream in = open(file)) {
      Files.copy(in, partial, StandardCopyOption.REPLACE_EXISTING);
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException anotherProcessWasFaster) {
      Files.deleteIfExists(partial);
    }
  }

  private static String contentName() throws IOException {
    MessageDigest digest = sha256();
    for (String file : FILES) {
      try (InputStream in = open(file)) {
        digest.update(in.readAllBytes());
      }
    }
    return HexFormat.of().formatHex(digest.digest()).substring(0, NAME_DIGITS);
  }

  private static InputStream open(String file) throws IOException {
    InputStream in = EmbeddedModel.class.getResourceAsStream("model/" + file);
    if (in == null) {
      throw new IOException("the embedded model lacks " + file + ": the build is incomplete");
    }
    return in;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }
}
