// Files that a test makes.
#ifndef AFTERCARE_TESTS_SUPPORT_TEMP_DIR_H_
#define AFTERCARE_TESTS_SUPPORT_TEMP_DIR_H_

#include <string>

namespace aftercare {

// A new directory, which is removed with all its content in the end. Thread safe.
class TempDir {
 public:
  // Below TMPDIR, or /tmp.
  TempDir();
  explicit TempDir(const std::string& parent);
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir();

  const std::string& path() const { return path_; }

  // Returns the path of `name` in the directory, whether there is such a file or not.
  std::string File(const std::string& name) const { return path_ + "/" + name; }

  // Writes a file, and returns its path.
  std::string Write(const std::string& name, const std::string& content) const;

 private:
  std::string path_;
};

// Returns a file's content; nothing if it cannot be read.
std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, const std::string& content);

}  // namespace aftercare

#endif  // AFTERCARE_TESTS_SUPPORT_TEMP_DIR_H_
