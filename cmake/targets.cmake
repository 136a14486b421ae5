# SPDX-License-Identifier: GPL-3.0-or-later
# lago_library, add_lago_module, lago_unit_test, lago_fuzz_test: what a folder's CMakeLists.txt is made of.

# The Python that runs the generators: any with PyYAML.
set(LAGO_PYTHON "" CACHE FILEPATH "Python with PyYAML; empty: the system's, else a virtual environment")
if(NOT LAGO_PYTHON)
    foreach(candidate /usr/bin/python3 python3)
        execute_process(COMMAND ${candidate} -c "import yaml, sys; print(sys.executable)"
            OUTPUT_VARIABLE python OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE status)
        if(status EQUAL 0)
            break()
        endif()
    endforeach()
    if(NOT status EQUAL 0)
        execute_process(COMMAND ${PROJECT_SOURCE_DIR}/scripts/setup/venv.sh build
            OUTPUT_VARIABLE python OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
        string(APPEND python /bin/python)
    endif()
    set(LAGO_PYTHON ${python} CACHE FILEPATH "Python with PyYAML" FORCE)
endif()

macro(lago_add_folders parent)
    file(GLOB lago_folders CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${parent}/*/CMakeLists.txt)
    foreach(file IN LISTS lago_folders)
        cmake_path(GET file PARENT_PATH folder)
        add_subdirectory(${folder})
    endforeach()
endmacro()

# lago_library(TOPIC SOURCES … LINKS …): target lago_TOPIC, alias lago::TOPIC. Without SOURCES: headers only.
function(lago_library topic)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS")
    if(arg_SOURCES)
        add_library(lago_${topic} STATIC ${arg_SOURCES})
        target_link_libraries(lago_${topic} PUBLIC lago_options ${arg_LINKS})
    else()
        add_library(lago_${topic} INTERFACE)
        target_link_libraries(lago_${topic} INTERFACE lago_options ${arg_LINKS})
    endif()
    add_library(lago::${topic} ALIAS lago_${topic})
endfunction()

# add_lago_module(NAME SOURCES … LINKS …): target module_NAME, alias module::NAME; NAME.yml becomes the compiled-in spec.
function(add_lago_module name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS")
    set(spec ${PROJECT_BINARY_DIR}/generated/${name}_spec.cpp)
    file(GLOB fragments CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/module_utils/*/fragments/*.yml)
    file(GLOB generator CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/spec/*.py)
    add_custom_command(OUTPUT ${spec}
        COMMAND ${LAGO_PYTHON} -B ${PROJECT_SOURCE_DIR}/cmake/spec/generate.py spec
            ${CMAKE_CURRENT_SOURCE_DIR}/${name}.yml ${spec}
        DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}.yml ${fragments} ${generator}
        COMMENT "spec of ${name}" VERBATIM)
    add_library(module_${name} STATIC ${arg_SOURCES} ${spec})
    target_link_libraries(module_${name} PUBLIC lago_options lago::core ${arg_LINKS})
    add_library(module::${name} ALIAS module_${name})
    set_property(GLOBAL APPEND PROPERTY LAGO_MODULES ${name})
endfunction()

# lago_unit_test(NAME SOURCES … LINKS …): executable test_NAME with Catch2's main, registered in CTest.
function(lago_unit_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS")
    add_executable(test_${name} ${arg_SOURCES})
    target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/unit)
    target_link_libraries(test_${name} PRIVATE lago_options ${arg_LINKS} Catch2::Catch2WithMain)
    add_test(NAME ${name} COMMAND test_${name} --colour-mode none)
    set_tests_properties(${name} PROPERTIES TIMEOUT 300
        ENVIRONMENT "ASAN_OPTIONS=detect_stack_use_after_return=1;UBSAN_OPTIONS=print_stacktrace=1")
endfunction()

# lago_fuzz_test(NAME SOURCES … LINKS …): libFuzzer executable fuzz_NAME (preset fuzz only).
function(lago_fuzz_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINKS")
    add_executable(fuzz_${name} ${arg_SOURCES})
    target_link_libraries(fuzz_${name} PRIVATE lago_options ${arg_LINKS})
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
endfunction()

# The multi-call binary: main, the generated table, and every module.
function(lago_add_executable)
    set(main ${PROJECT_SOURCE_DIR}/module_utils/ansible/main.cpp)
    if(NOT EXISTS ${main} OR NOT TARGET lago_ansible)
        return()
    endif()
    get_property(modules GLOBAL PROPERTY LAGO_MODULES)
    list(SORT modules)
    set(declarations "")
    set(rows "")
    set(links "")
    foreach(name IN LISTS modules)
        string(REGEX REPLACE "^lago_" "" space ${name})
        string(APPEND declarations "namespace lago::${space} {\nextern const std::string_view spec_json;\nResult run(Call& call);\n}\n")
        string(APPEND rows "        Module{\"${name}\", ${space}::spec_json, ${space}::run},\n")
        list(APPEND links module::${name})
    endforeach()
    list(LENGTH modules count)
    set(table ${PROJECT_BINARY_DIR}/generated/module_table.cpp)
    file(CONFIGURE OUTPUT ${table} @ONLY CONTENT
"// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>

#include \"ansible/module.hpp\"

@declarations@
namespace lago {

std::span<const Module> module_table() {
    static const std::array<Module, @count@> table = {
@rows@    };
    return table;
}

}  // namespace lago
")
    add_executable(lago ${main} ${table})
    target_link_libraries(lago PRIVATE lago_options lago_ansible ${links})
    set_target_properties(lago PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
    if(LAGO_RELEASE)
        set(linker ${PROJECT_SOURCE_DIR}/cmake/link_release.sh)
        set_target_properties(lago PROPERTIES CXX_LINKER_LAUNCHER ${linker} LINK_DEPENDS ${linker})
    endif()
endfunction()
