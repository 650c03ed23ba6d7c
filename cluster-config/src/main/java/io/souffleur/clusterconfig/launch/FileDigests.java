package io.souffleur.clusterconfig.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names of small files by their content. */
final class FileDigests {
  private FileDigests() {}

  /** SHA-256 over names and contents of those files of the folder that exist. */
  static String of(Path folder, String... names) throws IOException {
    MessageDigest sha = sha256();
    for (String name : names) {
      Path file = folder.resolve(name);
      if (Files.isRegularFile(file)) {
        sha.update(
            (file.getFileName() + ":" + Files.size(file) + ":").getBytes(StandardCharsets.UTF_8));
        sha.update(Files.readAllBytes(file));
      }
    }
    return HexFormat.of().formatHex(sha.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException failure) {
      throw new IllegalStateException("every JDK has SHA-256", failure);
    }
  }
}
