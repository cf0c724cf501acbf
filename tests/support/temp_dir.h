// Files that a test makes.
#ifndef AFTERCARE_TESTS_SUPPORT_TEMP_DIR_H_
#define AFTERCARE_TESTS_SUPPORT_TEMP_DIR_H_

#include <string>

namespace aftercare {

// A new directory. The destructor removes it with all its content. Thread safe.
class TempDir {
 public:
  // Makes the directory in TMPDIR, or in /tmp if that is not set. The second constructor makes it in `parent`. Both end
  // the program if they fail.
  TempDir();
  explicit TempDir(const std::string& parent);
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir();

  const std::string& path() const { return path_; }

  // Returns the path of `name` in the directory. The file need not exist.
  std::string File(const std::string& name) const { return path_ + "/" + name; }

  // Writes a file in the directory, and returns its path.
  std::string Write(const std::string& name, const std::string& content) const;

 private:
  std::string path_;
};

// Returns a file's content, or an empty string if the file cannot be read.
std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, const std::string& content);

}  // namespace aftercare

#endif  // AFTERCARE_TESTS_SUPPORT_TEMP_DIR_H_
