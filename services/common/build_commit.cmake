# Writes OUTPUT, a header that names the commit of the sources in SOURCE. Runs with every build, but touches the header
# only if the commit has changed, so that nothing is compiled again otherwise. COMMIT, if set, is taken as it is.
if(NOT COMMIT)
  set(COMMIT unknown)
  find_program(GIT git)
  # Only if the checkout is of these sources, and not one around them.
  if(GIT AND EXISTS ${SOURCE}/.git)
    execute_process(
      COMMAND ${GIT} --no-optional-locks describe --always --dirty --abbrev=12 --exclude=*
      WORKING_DIRECTORY ${SOURCE} OUTPUT_VARIABLE described RESULT_VARIABLE failed
      OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(NOT failed)
      set(COMMIT ${described})
    endif()
  endif()
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#define AFTERCARE_BUILD_COMMIT \"@COMMIT@\"\n" @ONLY)
