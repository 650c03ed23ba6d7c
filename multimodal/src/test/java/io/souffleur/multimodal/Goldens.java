package io.souffleur.multimodal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.souffleur.testkit.GoldenFolders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the published processor answered, and the pictures it was asked about. */
public final class Goldens {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path FOLDER = GoldenFolders.path("preprocess");

  private Goldens() {}

  static JsonNode json(String name) {
    try {
      return JSON.readTree(Files.readAllBytes(FOLDER.resolve(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The PNG file of a golden image. */
  public static byte[] picture(String name) {
    try {
      return Files.readAllBytes(FOLDER.resolve("images").resolve(name + ".png"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
