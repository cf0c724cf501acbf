// Options that jemalloc reads when the server starts: a thread of its own gives memory back that has not been used for
// some seconds, so that an idle server is small again after a rush.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "background_thread:true";
}
