"""Roster (花名册): counties, officers, who is eligible (在编在岗), the personnel sheets that
bureaus really have, and frozen versions. 县区、执法人员、参赛资格、花名册导入和冻结版。"""
