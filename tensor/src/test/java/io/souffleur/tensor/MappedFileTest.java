package io.souffleur.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedFileTest {
  @TempDir
  Path folder;

  @Test
  void createdFilesAreZeroedPrivateAndAsLongAsAsked() throws IOException {
    Path path = folder.resolve("arena");
    long bytes = (3L << 20) + 17;
    try (MappedFile file = MappedFile.create(path, bytes)) {
      assertEquals(bytes, file.bytes());
      assertEquals(path, file.path());
      assertEquals(0, file.memory().get(ValueLayout.JAVA_BYTE, bytes - 1));
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    }
    assertTrue(Files.exists(path));
  }

  @Test
  void writesAreSeenByEveryMapping() throws IOException {
    Path path = folder.resolve("arena");
    try (MappedFile writer = MappedFile.create(path, 64);
        MappedFile shared = MappedFile.openShared(path);
        MappedFile reader = MappedFile.openReadOnly(path)) {
      writer.memory().set(ValueLayout.JAVA_INT, 8, 42);
      assertEquals(42, shared.memory().get(ValueLayout.JAVA_INT, 8));
      assertEquals(42, reader.memory().get(ValueLayout.JAVA_INT, 8));
      assertTrue(reader.memory().isReadOnly());
    }
  }

  @Test
  void aFileIsNotCreatedTwiceAndTheFirstStays() throws IOException {
    Path path = folder.resolve("arena");
    MappedFile.create(path, 64).close();
    assertThrows(FileAlreadyExistsException.class, () -> MappedFile.create(path, 64));
    assertEquals(64, Files.size(path));
  }

  @Test
  void memoryIsDeadAfterClosing() throws IOException {
    MappedFile file = MappedFile.create(folder.resolve("arena"), 64);
    file.close();
    assertFalse(file.memory().scope().isAlive());
  }

  @Test
  void aMissingFileIsRefused() {
    assertThrows(IOException.class, () -> MappedFile.openReadOnly(folder.resolve("nowhere")));
  }
}
