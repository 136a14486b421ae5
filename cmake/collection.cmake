# SPDX-License-Identifier: GPL-3.0-or-later
# The installable tree and the release's tarball, with the programs of all architectures that have been built.

set(LAGO_STAGED_PROGRAMS
    x86_64=${PROJECT_SOURCE_DIR}/build/release-x86_64/lago
    aarch64=${PROJECT_SOURCE_DIR}/build/release-aarch64/lago)
add_custom_target(collection
    COMMAND ${LAGO_PYTHON} -B ${PROJECT_SOURCE_DIR}/cmake/stage_collection.py
        ${PROJECT_SOURCE_DIR}/build ${LAGO_STAGED_PROGRAMS}
    COMMENT "Staging the collection" VERBATIM)
if(TARGET lago AND LAGO_RELEASE)
    add_dependencies(collection lago)
endif()

# The role as the content of a git repository, for installers that take roles from git only.
add_custom_target(role
    COMMAND ${LAGO_PYTHON} -B ${PROJECT_SOURCE_DIR}/cmake/stage_role.py
        ${PROJECT_SOURCE_DIR}/build/role ${PROJECT_SOURCE_DIR}/build/collection/ansible_collections/mash/lago
    DEPENDS collection
    COMMENT "Staging the role's repository" VERBATIM)
